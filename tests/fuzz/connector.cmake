# SPDX-License-Identifier: Apache-2.0
# What the connector reads from agents before it believes any of it.
foreach(part batch ews gunzip merge zip)
  pl_fuzz(fuzz_connector_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_connector_${part}.c
    USES platen_connector PkgConfig::MICROHTTPD PkgConfig::GNUTLS
    INCLUDE ${PROJECT_SOURCE_DIR}/connector)
endforeach()
