# SPDX-License-Identifier: Apache-2.0
# Everything towards the printers, and the programs.
pl_find(CJSON libcjson libcjson-dev)
list(APPEND AGENT_SOURCES
  identity.c merge.c merge_lists.c schedule.c snapshot_json.c
  privacy.c privacy_doc.c privacy_table.c)
list(APPEND AGENT_USES platen_ipp platen_usb PkgConfig::CJSON)
