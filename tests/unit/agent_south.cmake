# SPDX-License-Identifier: Apache-2.0
# What the agent makes of a printer: pure parts, without a device.
foreach(part alert_book flaps identity ledger log_public memory merge snapshot_json privacy schedule track orders control_request ippusb)
  pl_test(test_agent_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_agent_${part}.c
    USES platen_agent
    INCLUDE ${PROJECT_SOURCE_DIR}/agent)
endforeach()

# docs/data-use.md is what the table says, to the byte.
add_test(NAME unit.data_use_document
  COMMAND sh -c "\"$1\" --print-data-use | diff -u \"$2\" -" sh
          $<TARGET_FILE:platen-agent> ${PROJECT_SOURCE_DIR}/docs/data-use.md)
set_tests_properties(unit.data_use_document PROPERTIES LABELS unit TIMEOUT 30)

# What the command line writes on. The C library's wcwidth() is the peer, so not for Windows.
if(NOT WIN32)
  pl_test(test_cli_paper
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_cli_paper.c ${PROJECT_SOURCE_DIR}/agent/cli/paper.c ${PROJECT_SOURCE_DIR}/agent/cli/width.c
    USES platen_agent
    INCLUDE ${PROJECT_SOURCE_DIR}/agent ${PROJECT_SOURCE_DIR}/agent/cli)
endif()
