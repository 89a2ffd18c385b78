# SPDX-License-Identifier: Apache-2.0
foreach(part descriptors device_id sysfs usblp)
  pl_test(test_usb_${part}
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/test_usb_${part}.c
    USES platen_usb
    INCLUDE ${PROJECT_SOURCE_DIR}/usb)
endforeach()

# Windows' back-end on a played driver: without platen_usb, whose functions it brings itself.
pl_test(test_usb_usbprint
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/test_usb_usbprint.c
  USES usbprint_played)
