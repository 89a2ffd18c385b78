# SPDX-License-Identifier: Apache-2.0
foreach(part descriptors device_id quirks)
  pl_fuzz(fuzz_usb_${part}
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_usb_${part}.c
    USES platen_usb
    INCLUDE ${PROJECT_SOURCE_DIR}/usb)
endforeach()

pl_fuzz(fuzz_usb_usbprint
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_usb_usbprint.c
  USES usbprint_played)
