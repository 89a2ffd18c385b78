# SPDX-License-Identifier: Apache-2.0
# Everything towards the connector.
pl_find(SQLITE sqlite3 libsqlite3-dev)
pl_find(ZLIB zlib zlib1g-dev)

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(north_os os/os_posix.c os/os_linux.c os/places_posix.c os/policy_none.c os/seat_posix.c os/tcp_posix.c os/wait_posix.c)
elseif(WIN32)
  set(north_os os/os_win32.c os/places_win32.c os/policy_win32.c os/seat_win32.c os/tcp_win32.c os/wake_win32.c)
  set(north_libraries ws2_32 bcrypt crypt32 msi psapi shell32 ole32 wtsapi32)
else()
  message(FATAL_ERROR "agent/os has nothing for ${CMAKE_SYSTEM_NAME}: write it as agent/os/os.h says and name it here")
endif()

list(APPEND AGENT_SOURCES
  settings.c url.c proxy.c trace_stream.c crl_place.c crl_fetch.c revocation.c tls_verify.c tls_config.c tls_stream.c dial.c gzip.c call.c
  keys.c token.c candidate.c enrolment.c enroll.c
  spool_db.c spool.c spool_add.c spool_out.c spool_room.c sent.c audit_record.c
  action.c action_journal.c action_open.c action_parse.c action_post.c action_receive.c
  page.c page_session.c page_lane.c page_relay.c
  backoff.c uplink.c uplink_batch.c uplink_carry.c uplink_enroll.c uplink_report.c uplink_state.c uplink_work.c
  os/resolve.c ${north_os})
list(APPEND AGENT_USES platen_ipp)
list(APPEND AGENT_PRIVATE_USES PkgConfig::SQLITE PkgConfig::ZLIB platen_mbedtls ${north_libraries})
