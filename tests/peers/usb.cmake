# SPDX-License-Identifier: Apache-2.0
# usb/ against virtual printers: each test has a platen-vprinter of its own with one printer of usb-profiles/.

# The printers, and a document of 8,333 numbered lines that they serve.
set(profiles ${CMAKE_CURRENT_BINARY_DIR}/usb-profiles)
file(COPY ${CMAKE_CURRENT_SOURCE_DIR}/usb-profiles DESTINATION ${CMAKE_CURRENT_BINARY_DIR})
set(lines "")
foreach(line RANGE 10000 18332)
  string(APPEND lines "${line}\n")
endforeach()

# test_usb_<part>, run with the printer <printer>.
function(pl_usb_test part printer)
  file(WRITE ${profiles}/${printer}/http/lines.txt "${lines}")
  add_executable(test_usb_${part}
    ${CMAKE_CURRENT_SOURCE_DIR}/test_usb_${part}.c ${CMAKE_CURRENT_SOURCE_DIR}/usb_world.c)
  target_include_directories(test_usb_${part} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(test_usb_${part} PRIVATE
    platen_flags platen_usb PkgConfig::LIBUSB PkgConfig::CMOCKA Threads::Threads)
  add_test(NAME peers.test_usb_${part}
    COMMAND platen-vprinter --profile ${profiles}/${printer} --
      $<TARGET_FILE:test_usb_${part}> $<TARGET_FILE:platen-vprinter>)
  set_tests_properties(peers.test_usb_${part} PROPERTIES LABELS peers TIMEOUT 180)
endfunction()

pl_usb_test(talk plain)
pl_usb_test(plug plain)
pl_usb_test(faulty faulty)
pl_usb_test(bound bound)
