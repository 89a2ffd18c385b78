# SPDX-License-Identifier: Apache-2.0
pl_fuzz(fuzz_agent_control
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_agent_control.c
  USES platen_agent
  INCLUDE ${PROJECT_SOURCE_DIR}/agent)
