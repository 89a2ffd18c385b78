# SPDX-License-Identifier: Apache-2.0
# The agent and the peers on its way to the connector: TLS servers that nobody here wrote (OpenSSL,
# GnuTLS), a proxy (tinyproxy), and the real connector.
foreach(tool dial renew)
  add_executable(${tool} ${CMAKE_CURRENT_SOURCE_DIR}/${tool}.c)
  target_include_directories(${tool} PRIVATE ${PROJECT_SOURCE_DIR}/agent)
  target_link_libraries(${tool} PRIVATE platen_flags platen_agent Threads::Threads)
endforeach()

add_test(NAME peers.agent_tls
  COMMAND ${PROJECT_SOURCE_DIR}/tests/own_network python3 ${CMAKE_CURRENT_SOURCE_DIR}/agent_tls.py $<TARGET_FILE:dial>)
add_test(NAME peers.agent_revocation
  COMMAND ${PROJECT_SOURCE_DIR}/tests/own_network python3 ${CMAKE_CURRENT_SOURCE_DIR}/agent_revocation.py $<TARGET_FILE:dial>)
add_test(NAME peers.agent_uplink
  COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/agent_uplink.py ${PROJECT_BINARY_DIR})
set_tests_properties(peers.agent_tls peers.agent_revocation peers.agent_uplink PROPERTIES LABELS peers TIMEOUT 300)
