# The cluster as a SystemC module.
freebits_add_test(cluster_module_test SOURCES cluster_module_test.cpp LIBS freebits_systemc LABELS host cluster)
add_dependencies(cluster_module_test geometries)
add_test(NAME tb.virtual_platform
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/virtual_platform.sh $<TARGET_FILE:virtual_platform> $<TARGET_FILE:freebits>
                 ${CMAKE_BINARY_DIR}/sw)
set_tests_properties(tb.virtual_platform PROPERTIES LABELS cluster TIMEOUT 600)
