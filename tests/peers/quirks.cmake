# SPDX-License-Identifier: Apache-2.0
add_test(NAME peers.probe_quirks
  COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/probe_quirks.py --build ${CMAKE_BINARY_DIR})
set_tests_properties(peers.probe_quirks PROPERTIES LABELS peers TIMEOUT 300 SKIP_RETURN_CODE 77)
