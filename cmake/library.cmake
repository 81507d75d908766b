# freebits_library(<name> SOURCES … [PUBLIC …] [PRIVATE …]): a static library of one folder, with its headers beside its sources.
# A header is included by its path from the root of the project. PUBLIC and PRIVATE: what it links.
function(freebits_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} freebits_warnings)
endfunction()

# freebits_room(<name> <library> …): the libraries of a room under one name.
function(freebits_room name)
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE ${ARGN})
endfunction()
