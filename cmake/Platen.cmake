# SPDX-License-Identifier: Apache-2.0
# What every folder's CMakeLists.txt uses: pl_find(), pl_library(), pl_program().

find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # _GNU_SOURCE things are chosen per platform file
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(platen_flags INTERFACE)
target_compile_options(platen_flags INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2 -fno-common)
target_compile_definitions(platen_flags INTERFACE
  _GNU_SOURCE _FILE_OFFSET_BITS=64 PL_VERSION="${PROJECT_VERSION}")
if(PLATEN_SANITIZE)
  target_compile_options(platen_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(platen_flags INTERFACE -fsanitize=address,undefined)
else()
  target_compile_options(platen_flags INTERFACE -fstack-protector-strong)
  if(WIN32)
    target_link_options(platen_flags INTERFACE -static -fstack-protector-strong -Wl,--gc-sections -Wl,--dynamicbase,--nxcompat,--high-entropy-va)
  else()
    target_compile_options(platen_flags INTERFACE
      $<$<CONFIG:RelWithDebInfo,Release>:-D_FORTIFY_SOURCE=2>) # mingw-w64's has false alarms
    target_link_options(platen_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
  endif()
endif()
if(WIN32) # Windows 10; printf() of the C standard; no names that need DLLs beyond the system's
  target_compile_options(platen_flags INTERFACE -ffunction-sections -fdata-sections)
  target_compile_definitions(platen_flags INTERFACE
    _WIN32_WINNT=0x0A00 NTDDI_VERSION=0x0A000004 __USE_MINGW_ANSI_STDIO=1 UNICODE _UNICODE WIN32_LEAN_AND_MEAN)
endif()
if(PLATEN_FUZZ)
  target_compile_options(platen_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# pl_find(<target> <pkg-config module> <Debian package>): makes PkgConfig::<target>, or says what to install.
function(pl_find target module package)
  pkg_check_modules(${target} QUIET IMPORTED_TARGET GLOBAL ${module})
  if(NOT ${target}_FOUND)
    message(FATAL_ERROR "${module} was not found: apt-get install ${package}")
  endif()
endfunction()

# pl_library(<name> SOURCES a.c … [USES lib …] [PRIVATE_USES lib …])
# One static library per folder. Its own headers stay private to it; what others may know of it
# stands in include/platen/.
function(pl_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_USES} PRIVATE platen_flags ${ARG_PRIVATE_USES} Threads::Threads)
endfunction()

# pl_program(<name> SOURCES a.c … USES lib …)
function(pl_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name}
    PRIVATE ${PROJECT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE platen_flags ${ARG_USES} Threads::Threads)
endfunction()

# pl_windows_about(<program> "what it is"): version resource and manifest, on Windows alone.
function(pl_windows_about PL_NAME PL_DESCRIPTION)
  if(NOT WIN32)
    return()
  endif()
  string(REPLACE "." "," PL_NUMBERS "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}.${PROJECT_VERSION_PATCH}.0")
  set(PL_MANIFEST ${PROJECT_SOURCE_DIR}/cmake/windows.manifest)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/windows.rc.in ${CMAKE_CURRENT_BINARY_DIR}/${PL_NAME}.rc @ONLY)
  target_sources(${PL_NAME} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${PL_NAME}.rc)
  set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${PL_NAME}.rc PROPERTIES OBJECT_DEPENDS ${PL_MANIFEST})
endfunction()

# pl_test(<name> SOURCES a.c … USES lib … [INCLUDE dir …] [LABEL unit]): a cmocka program run by ctest.
function(pl_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;USES;INCLUDE" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${ARG_INCLUDE})
  target_link_libraries(${name} PRIVATE platen_flags ${ARG_USES} PkgConfig::CMOCKA Threads::Threads)
  add_test(NAME ${ARG_LABEL}.${name} COMMAND ${name})
  set_tests_properties(${ARG_LABEL}.${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 120)
endfunction()

# pl_fuzz(<name> SOURCES a.c … USES lib … [INCLUDE dir …]): built only with PLATEN_FUZZ; corpus in tests/fuzz/corpus/<name>.
function(pl_fuzz name)
  if(NOT PLATEN_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;INCLUDE" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${ARG_INCLUDE})
  target_link_libraries(${name} PRIVATE platen_flags ${ARG_USES} -fsanitize=fuzzer Threads::Threads)
endfunction()
