# Hashes of what measurements depend on, 16 hex digits each: FREEBITS_RTL_HASH (the RTL), FREEBITS_SW_HASH (the bare-metal software),
# FREEBITS_MEMORY_HASH (the model of L2 and L3), FREEBITS_SCHEDULE_HASH (what is moved when; tilings stand in a measurement's key).
function(freebits_hash out)
  set(all "")
  foreach(file IN LISTS ARGN)
    file(SHA256 ${file} hash)
    string(APPEND all ${hash})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  string(SHA256 hash "${all}")
  string(SUBSTRING ${hash} 0 16 hash)
  set(${out} ${hash} PARENT_SCOPE)
endfunction()

function(freebits_tree_hash out folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.sv ${folder}/*.f ${folder}/*.c ${folder}/*.h ${folder}/*.S
       ${folder}/*.ld)
  freebits_hash(hash ${files})
  set(${out} ${hash} PARENT_SCOPE)
endfunction()

freebits_tree_hash(FREEBITS_RTL_HASH ${CMAKE_SOURCE_DIR}/rtl)
freebits_tree_hash(FREEBITS_SW_HASH ${CMAKE_SOURCE_DIR}/sw)
file(GLOB memory_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tb/src/memory/*.cpp ${CMAKE_SOURCE_DIR}/tb/src/memory/*.hpp)
freebits_hash(FREEBITS_MEMORY_HASH ${memory_files})
set(deploy ${CMAKE_SOURCE_DIR}/models/src/deploy)
freebits_hash(FREEBITS_SCHEDULE_HASH ${deploy}/schedule.cpp ${deploy}/place.cpp ${deploy}/stream_timeline.cpp ${deploy}/timed_allocator.cpp ${deploy}/layer.cpp)
