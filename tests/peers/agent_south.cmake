# SPDX-License-Identifier: Apache-2.0
# The agent's side of the printers, against virtual ones.
foreach(part probe_truth agent_truth)
  add_test(NAME peers.${part}
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${part}.py --build ${CMAKE_BINARY_DIR})
  set_tests_properties(peers.${part} PROPERTIES LABELS peers TIMEOUT 300)
endforeach()
