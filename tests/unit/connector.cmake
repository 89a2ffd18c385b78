# SPDX-License-Identifier: Apache-2.0
# The connector's parts, below its ports. What stands on the wire is checked against the examples of connector/WIRE.md.
foreach(part batch ews gunzip identity ingest options page store throttle)
  pl_test(test_connector_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_connector_${part}.c ${CMAKE_CURRENT_LIST_DIR}/scratch.c
            ${CMAKE_CURRENT_LIST_DIR}/wire.c ${CMAKE_CURRENT_LIST_DIR}/a_connector.c
    USES platen_connector PkgConfig::GNUTLS PkgConfig::MICROHTTPD PkgConfig::ZLIB
    INCLUDE ${PROJECT_SOURCE_DIR}/connector)
  target_compile_definitions(test_connector_${part}
    PRIVATE WIRE_MD="${PROJECT_SOURCE_DIR}/connector/WIRE.md")
endforeach()
