# SPDX-License-Identifier: Apache-2.0
# The agent's side of the printers, against virtual ones.
# The engine with a clock that hurries.
add_executable(hurried_engine
  ${CMAKE_CURRENT_LIST_DIR}/hurried_engine.c ${CMAKE_CURRENT_LIST_DIR}/hurried_clock.c)
target_include_directories(hurried_engine PRIVATE ${PROJECT_SOURCE_DIR}/agent)
target_link_libraries(hurried_engine PRIVATE platen_flags platen_agent Threads::Threads)

foreach(part agent_sleep agent_counters agent_calm probe_truth agent_truth probe_ippusb action_resume actions configure agent_config command_key agent_firmware diagnostics)
  add_test(NAME peers.${part}
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${part}.py --build ${CMAKE_BINARY_DIR})
  set_tests_properties(peers.${part} PROPERTIES LABELS peers TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
# ipp-usb takes the machine's loopback ports from 60000 on, one daemon at a time.
set_tests_properties(peers.probe_ippusb PROPERTIES RESOURCE_LOCK ipp-usb)

# Agent and connector killed at system calls of actions: a spread of them here, all by `tools/test faults`.
add_test(NAME peers.faults
  COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/faults.py --build ${CMAKE_BINARY_DIR} --seconds 60)
# An agent that journals behind the effect must turn that test red.
pl_program(platen-agent-late
  SOURCES ${PROJECT_SOURCE_DIR}/agent/main.c ${CMAKE_CURRENT_LIST_DIR}/late_journal.c USES platen_agent)
target_include_directories(platen-agent-late PRIVATE ${PROJECT_SOURCE_DIR}/agent)
target_link_options(platen-agent-late PRIVATE LINKER:--wrap=pl_actions_begin LINKER:--wrap=pl_actions_end)
add_test(NAME peers.faults_red
  COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/faults.py --build ${CMAKE_BINARY_DIR}
          --agent $<TARGET_FILE:platen-agent-late> --actions identify --expect-red --seconds 100)
set_tests_properties(peers.faults peers.faults_red PROPERTIES LABELS peers TIMEOUT 300 SKIP_RETURN_CODE 77)

# Why is my printer not seen? Each fault provoked.
add_test(NAME peers.doctor COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/doctor.py --build ${CMAKE_BINARY_DIR})
set_tests_properties(peers.doctor PROPERTIES LABELS peers TIMEOUT 300)

# The command line on a terminal, in a pipe, with --watch, and completed by bash and zsh.
add_test(NAME peers.cli_terminal COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/cli_terminal.py --build ${CMAKE_BINARY_DIR})
set_tests_properties(peers.cli_terminal PROPERTIES LABELS peers TIMEOUT 300)
