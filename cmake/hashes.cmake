# Hashes of what measurements depend on, 16 hex digits each: FREEBITS_RTL_HASH (the RTL), FREEBITS_SW_HASH (the bare-metal software and
# what compiles it), FREEBITS_MEMORY_HASH (the model of L2 and L3), FREEBITS_SCHEDULE_HASH (tiles and what is moved when),
# FREEBITS_METHOD_HASH (how a layer's latency is measured).
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

function(freebits_folder_hash out)
  set(files "")
  foreach(folder IN LISTS ARGN)
    file(GLOB some CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.hpp)
    list(APPEND files ${some})
  endforeach()
  freebits_hash(hash ${files})
  set(${out} ${hash} PARENT_SCOPE)
endfunction()

freebits_tree_hash(FREEBITS_RTL_HASH ${CMAKE_SOURCE_DIR}/rtl)
freebits_tree_hash(sources ${CMAKE_SOURCE_DIR}/sw)
freebits_hash(options ${CMAKE_SOURCE_DIR}/cmake/riscv.cmake ${CMAKE_SOURCE_DIR}/sw/kernels/CMakeLists.txt
              ${CMAKE_SOURCE_DIR}/sw/kernels/asm/templates.py)
execute_process(COMMAND ${FREEBITS_CLANG} --version OUTPUT_VARIABLE clang COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${FREEBITS_LLD} --version OUTPUT_VARIABLE lld COMMAND_ERROR_IS_FATAL ANY)
string(SHA256 FREEBITS_SW_HASH "${sources} ${options} ${clang} ${lld}")
string(SUBSTRING ${FREEBITS_SW_HASH} 0 16 FREEBITS_SW_HASH)
freebits_folder_hash(FREEBITS_MEMORY_HASH ${CMAKE_SOURCE_DIR}/tb/memory)
freebits_folder_hash(FREEBITS_SCHEDULE_HASH ${CMAKE_SOURCE_DIR}/deploy/kernels ${CMAKE_SOURCE_DIR}/deploy/plan)
freebits_folder_hash(FREEBITS_METHOD_HASH ${CMAKE_SOURCE_DIR}/profiler/profile ${CMAKE_SOURCE_DIR}/profiler/network ${CMAKE_SOURCE_DIR}/deploy/image)
