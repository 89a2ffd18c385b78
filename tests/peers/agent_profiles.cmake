# SPDX-License-Identifier: Apache-2.0
# The agent's probe against every kind of printer, and against hostile ones.
foreach(part probe_profiles probe_changes probe_lies probe_answers probe_hostile agent_hostile agent_bad_input)
  add_test(NAME peers.${part}
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${part}.py --build ${CMAKE_BINARY_DIR})
  set_tests_properties(peers.${part} PROPERTIES LABELS peers TIMEOUT 300)
endforeach()
# Printers without a serial number have the same name in every world: each look at one locks it for all of the machine.
set_tests_properties(peers.probe_profiles peers.probe_changes peers.probe_lies peers.agent_hostile
  PROPERTIES RESOURCE_LOCK nameless-printers)
