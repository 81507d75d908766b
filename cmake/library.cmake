# The libraries: how they are built, how programs outside the tree link them (freebits::NAME), what of them is installed.

# freebits_library(<name> [SOURCES …] [PUBLIC …] [PRIVATE …]): a static library of one folder, with its headers beside its sources.
# A header is included by its path from the root of the project. PUBLIC and PRIVATE: what it links. Without SOURCES it consists of
# every .cpp of the folder and of those below that are no libraries of their own: a new file needs no line in a list.
function(freebits_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(NOT ARG_SOURCES)
    freebits_sources(ARG_SOURCES ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  add_library(${name} STATIC ${ARG_SOURCES})
  target_compile_features(${name} PUBLIC cxx_std_20)
  # Installed, a header is found as <freebits/tb/…> and, as the headers themselves say, as "tb/…".
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>
                                            $<INSTALL_INTERFACE:include/freebits>)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:freebits_warnings>)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION include/freebits/${folder} COMPONENT development
          FILES_MATCHING PATTERN "*.hpp")
  freebits_export(${name})
endfunction()

# Every .cpp in and below <folder>, but of folders with a CMakeLists.txt of their own; in <out>.
function(freebits_sources out folder)
  file(GLOB all CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(GLOB entries CONFIGURE_DEPENDS LIST_DIRECTORIES true ${folder}/*)
  foreach(entry IN LISTS entries)
    if(IS_DIRECTORY ${entry} AND NOT EXISTS ${entry}/CMakeLists.txt)
      freebits_sources(below ${entry})
      list(APPEND all ${below})
    endif()
  endforeach()
  set(${out} ${all} PARENT_SCOPE)
endfunction()

# freebits_precompiled(<target> <header> …): heavy headers are parsed once for all sources of a target, which is no library of ours and
# nothing that must be fast: it is compiled with few optimisations.
function(freebits_precompiled target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  freebits_compiled_quickly(${target})
endfunction()

function(freebits_compiled_quickly target)
  # g++ 12 at -O1 sees bounds crossed where strings are joined, which nobody crosses.
  target_compile_options(${target} PRIVATE -O1 -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -fpch-preprocess)
endfunction()

# freebits_room(<name> <library> …): the libraries of a room under one name.
function(freebits_room name)
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE ${ARGN})
  freebits_export(${name})
endfunction()

# freebits_export(<target>): it is part of the package; freebits_search_data is freebits::data, all others only lose their prefix.
function(freebits_export target)
  string(REGEX REPLACE "^freebits_(search_)?" "" short ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${short})
  add_library(freebits::${short} ALIAS ${target})
  install(TARGETS ${target} EXPORT freebitsTargets ARCHIVE DESTINATION lib COMPONENT development)
  set_property(GLOBAL APPEND PROPERTY FREEBITS_EXPORTED ${target})
endfunction()
