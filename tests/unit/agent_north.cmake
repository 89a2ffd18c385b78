# SPDX-License-Identifier: Apache-2.0
# The agent towards its connector, as far as it needs no connector. What travels is checked against
# the examples of connector/WIRE.md.
foreach(part actions backoff enrolment order proxy sent settings spool spool_room token)
  pl_test(test_agent_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_agent_${part}.c ${CMAKE_CURRENT_LIST_DIR}/scratch.c
            ${CMAKE_CURRENT_LIST_DIR}/wire.c ${CMAKE_CURRENT_LIST_DIR}/a_spool.c
            ${CMAKE_CURRENT_LIST_DIR}/a_signer.c
    USES platen_agent platen_mbedx509
    INCLUDE ${PROJECT_SOURCE_DIR}/agent)
  target_compile_definitions(test_agent_${part}
    PRIVATE WIRE_MD="${PROJECT_SOURCE_DIR}/connector/WIRE.md")
endforeach()

pl_test(test_agent_gzip
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_agent_gzip.c
  USES platen_agent PkgConfig::ZLIB
  INCLUDE ${PROJECT_SOURCE_DIR}/agent)
