# SPDX-License-Identifier: Apache-2.0
# The agent's probe against every kind of printer, and against hostile ones.
foreach(part probe_profiles probe_changes probe_lies probe_answers probe_hostile agent_hostile agent_bad_input)
  add_test(NAME peers.${part}
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${part}.py --build ${CMAKE_BINARY_DIR})
  set_tests_properties(peers.${part} PROPERTIES LABELS peers TIMEOUT 300)
endforeach()
