# SPDX-License-Identifier: Apache-2.0
# Everything towards the printers, and the programs.
pl_find(CJSON libcjson libcjson-dev)

find_library(CUPS_LIBRARY cups) # brings no pkg-config file
if(NOT CUPS_LIBRARY)
  message(FATAL_ERROR "libcups was not found: apt-get install libcups2-dev")
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(south_os os/broker_ippusb.c os/folder_posix.c os/holder_posix.c os/install_none.c os/lock_posix.c os/local_posix.c os/process_posix.c os/quirk_files_posix.c os/service_none.c os/spooler_cups.c
    os/spooler_print_cups.c)
elseif(WIN32)
  set(south_os os/broker_none.c os/folder_win32.c os/holder_none.c os/install_win32.c os/lock_win32.c os/local_win32.c os/process_win32.c os/quirk_files_win32.c
    os/service_win32.c os/spooler_win32.c)
  set(south_libraries winspool)
else()
  message(FATAL_ERROR "agent/os has no files for ${CMAKE_SYSTEM_NAME}: write what agent/os/*.h ask for and name them here")
endif()

# Where usb/quirks.ini is installed; a package that puts it elsewhere says so.
include(GNUInstallDirs)
set(PLATEN_QUIRKS_FILE "${CMAKE_INSTALL_FULL_DATADIR}/platen/quirks.ini" CACHE FILEPATH
  "the installed list of printers' oddities")
set_source_files_properties(os/quirk_files_posix.c PROPERTIES
  COMPILE_DEFINITIONS "PL_QUIRKS_FILE=\"${PLATEN_QUIRKS_FILE}\"")

list(APPEND AGENT_SOURCES
  act_agent_config.c act_configure.c knob_json.c overrides.c
  control_diag.c control_doctor.c engine_devices.c engine_diag.c
  act.c act_agent_log.c act_desk.c act_diagnostics.c act_end.c act_ews.c act_firmware.c act_hold.c act_identify.c act_print_test_page.c act_probe_now.c act_reboot.c act_table.c
  alert_book.c firmware_note.c firmware_send.c package_fetch.c package_trust.c
  bundle.c bundle_send.c
  control.c control_answer.c control_request.c diag_agent.c diag_ipp.c diag_ledm.c diag_pjl.c diag_printer.c engine.c engine_ask.c flaps.c greeting.c host_name.c identity.c ippusb.c
  ledger.c log_public.c log_words.c memory.c merge.c merge_lists.c orders.c owner.c privacy.c privacy_doc.c privacy_table.c
  probe.c probe_http.c probe_ipp.c probe_ledm.c probe_pjl.c report.c schedule.c snapshot_json.c test_page.c track.c
  watch.c worker.c worker_action.c worker_look.c zip_write.c ${south_os})
list(APPEND AGENT_USES platen_ipp platen_usb PkgConfig::CJSON)
list(APPEND AGENT_PRIVATE_USES ${CUPS_LIBRARY} ${south_libraries})

function(agent_programs)
  pl_program(platen-agent SOURCES main.c USES platen_agent)
  pl_program(platen
    SOURCES cli/main.c cli/ask.c cli/paper.c cli/show_printer.c cli/width.c
            cli/doctor.c cli/doctor_agent.c cli/doctor_printers.c cli/doctor_trust.c cli/doctor_way.c
            cli/verb_diag.c cli/verb_doctor.c cli/verb_enroll.c cli/verb_ews.c cli/verb_printers.c cli/verb_probe.c cli/verb_sent.c cli/verb_status.c
    USES platen_agent)
  target_include_directories(platen PRIVATE cli)
  pl_windows_about(platen-agent "Platen agent: reports this PC's USB printers")
  pl_windows_about(platen "Platen command line")
endfunction()
