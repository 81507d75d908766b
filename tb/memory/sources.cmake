# The memory system: TLM-2.0 models of what lies beyond the cluster's port.
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
target_sources(freebits_tb PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/l3_dma.cpp
  ${CMAKE_CURRENT_LIST_DIR}/l3_memory.cpp
  ${CMAKE_CURRENT_LIST_DIR}/l3_transfer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/memory_system.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tlm_memory.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tlm_router.cpp)
# Debian builds SystemC as C++17; its interface is the same in C++20 (sysc/kernel/sc_cmnhdr.h).
target_compile_definitions(freebits_tb PUBLIC SC_CPLUSPLUS=201703L)
target_link_libraries(freebits_tb PUBLIC PkgConfig::SYSTEMC freebits_cluster_numbers)
# libsystemc's own main() calls sc_main: ours (tlm_memory.cpp) is linked even where nothing else of that file is.
target_link_options(freebits_tb INTERFACE LINKER:--undefined=sc_main)
