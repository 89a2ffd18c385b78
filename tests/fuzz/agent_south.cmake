# SPDX-License-Identifier: Apache-2.0
foreach(part control ippusb log_public)
  pl_fuzz(fuzz_agent_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_agent_${part}.c
    USES platen_agent
    INCLUDE ${PROJECT_SOURCE_DIR}/agent)
endforeach()
# The command's own reader of what the agent answers.
pl_fuzz(fuzz_cli_printer
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_cli_printer.c ${PROJECT_SOURCE_DIR}/agent/cli/show_printer.c
    ${PROJECT_SOURCE_DIR}/agent/cli/paper.c ${PROJECT_SOURCE_DIR}/agent/cli/width.c
  USES platen_agent
  INCLUDE ${PROJECT_SOURCE_DIR}/agent ${PROJECT_SOURCE_DIR}/agent/cli)
