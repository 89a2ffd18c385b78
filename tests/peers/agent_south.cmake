# SPDX-License-Identifier: Apache-2.0
# The agent's side of the printers, against virtual ones.
# The engine with a clock that hurries.
add_executable(hurried_engine
  ${CMAKE_CURRENT_LIST_DIR}/hurried_engine.c ${CMAKE_CURRENT_LIST_DIR}/hurried_clock.c)
target_include_directories(hurried_engine PRIVATE ${PROJECT_SOURCE_DIR}/agent)
target_link_libraries(hurried_engine PRIVATE platen_flags platen_agent Threads::Threads)

foreach(part agent_sleep probe_truth agent_truth probe_ippusb action_resume actions agent_firmware)
  add_test(NAME peers.${part}
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${part}.py --build ${CMAKE_BINARY_DIR})
  set_tests_properties(peers.${part} PROPERTIES LABELS peers TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
# ipp-usb takes the machine's loopback ports from 60000 on, one daemon at a time.
set_tests_properties(peers.probe_ippusb PROPERTIES RESOURCE_LOCK ipp-usb)
