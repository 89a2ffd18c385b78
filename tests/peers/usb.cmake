# SPDX-License-Identifier: Apache-2.0
# usb/ against virtual printers: each test has a platen-vprinter of its own with one printer of usb-profiles/.

# The printers, and a document of 8,333 numbered lines that they serve.
set(profiles ${CMAKE_CURRENT_BINARY_DIR}/usb-profiles)
file(COPY ${CMAKE_CURRENT_SOURCE_DIR}/usb-profiles DESTINATION ${CMAKE_CURRENT_BINARY_DIR})
set(lines "")
foreach(line RANGE 10000 18332)
  string(APPEND lines "${line}\n")
endforeach()

# test_usb_<part>, run with the printers named after it.
function(pl_usb_test part)
  set(printers "")
  foreach(printer ${ARGN})
    file(WRITE ${profiles}/${printer}/http/lines.txt "${lines}")
    list(APPEND printers --profile ${profiles}/${printer})
  endforeach()
  add_executable(test_usb_${part}
    ${CMAKE_CURRENT_SOURCE_DIR}/test_usb_${part}.c ${CMAKE_CURRENT_SOURCE_DIR}/usb_world.c)
  target_include_directories(test_usb_${part} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(test_usb_${part} PRIVATE
    platen_flags platen_usb PkgConfig::LIBUSB PkgConfig::CMOCKA Threads::Threads)
  add_test(NAME peers.test_usb_${part}
    COMMAND platen-vprinter ${printers} --
      $<TARGET_FILE:test_usb_${part}> $<TARGET_FILE:platen-vprinter>)
  set_tests_properties(peers.test_usb_${part} PROPERTIES LABELS peers TIMEOUT 180)
endfunction()

# A printer that lies in one way; its USB product is the way's name.
function(pl_lying_printer way lie)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/usb-profiles/lying/device.json.in
    ${profiles}/lying-${way}/device.json @ONLY)
  file(COPY ${CMAKE_CURRENT_SOURCE_DIR}/usb-profiles/plain/state.json
    DESTINATION ${profiles}/lying-${way})
endfunction()
foreach(way little exclusive long zero only)
  pl_lying_printer(${way} "\"device_id_length\": \"${way}\",")
endforeach()
pl_lying_printer(padded "\"device_id_pad\": 65000,")
pl_lying_printer(cut "\"cut\": 10,")
pl_lying_printer(broken "\"patch\": { \"32\": 1 },")
pl_lying_printer(total "\"patch\": { \"2\": 255, \"3\": 255 },")

pl_usb_test(talk plain)
pl_usb_test(plug plain)
pl_usb_test(faulty faulty)
pl_usb_test(bound bound)
pl_usb_test(lying lying-little lying-exclusive lying-long lying-zero lying-only lying-padded
  lying-cut lying-broken lying-total)
