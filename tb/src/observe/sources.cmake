# What looks at a running cluster: lock step, profile, timeline, gdb.
pkg_check_modules(LIBDW REQUIRED IMPORTED_TARGET libdw)
target_sources(freebits_tb PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/cluster_lockstep.cpp
  ${CMAKE_CURRENT_LIST_DIR}/debug_info.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gdb_stub.cpp
  ${CMAKE_CURRENT_LIST_DIR}/profile.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rsp_connection.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rsp_text.cpp
  ${CMAKE_CURRENT_LIST_DIR}/source_lines.cpp
  ${CMAKE_CURRENT_LIST_DIR}/timeline.cpp)
target_include_directories(freebits_tb PRIVATE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/src)
target_link_libraries(freebits_tb PRIVATE PkgConfig::LIBDW)
