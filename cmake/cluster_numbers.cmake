# Constants of rtl/cluster/fb_cluster_pkg.sv for C++ (interface target freebits_cluster_numbers: tb/cluster_numbers.hpp) and
# for C (FREEBITS_CLUSTER_HEADER, freebits/cluster_numbers.h). Generated when CMake runs; a change of the package makes it run again.
set(FREEBITS_CLUSTER_PACKAGE ${CMAKE_SOURCE_DIR}/rtl/cluster/fb_cluster_pkg.sv)
set(FREEBITS_CLUSTER_HEADER ${CMAKE_BINARY_DIR}/sw/include/freebits/cluster_numbers.h)
set(FREEBITS_GENERATED ${CMAKE_BINARY_DIR}/generated)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${FREEBITS_CLUSTER_PACKAGE} ${CMAKE_SOURCE_DIR}/cmake/cluster_numbers_header.cmake)
foreach(language_and_file "CXX ${FREEBITS_GENERATED}/tb/cluster_numbers.hpp" "C ${FREEBITS_CLUSTER_HEADER}")
  separate_arguments(language_and_file)
  list(GET language_and_file 0 language)
  list(GET language_and_file 1 output)
  execute_process(COMMAND ${CMAKE_COMMAND} -DPACKAGE=${FREEBITS_CLUSTER_PACKAGE} -DOUTPUT=${output}.new -DLANGUAGE=${language}
                          -P ${CMAKE_SOURCE_DIR}/cmake/cluster_numbers_header.cmake COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${output}.new ${output} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
add_library(freebits_cluster_numbers INTERFACE)
target_include_directories(freebits_cluster_numbers INTERFACE $<BUILD_INTERFACE:${FREEBITS_GENERATED}>
                           $<INSTALL_INTERFACE:include/freebits>)
install(FILES ${FREEBITS_GENERATED}/tb/cluster_numbers.hpp DESTINATION include/freebits/tb COMPONENT development)
freebits_export(freebits_cluster_numbers)
