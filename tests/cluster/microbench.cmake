freebits_add_test(microbench_test SOURCES microbench_test.cpp LIBS freebits_tb LABELS cluster)
target_compile_definitions(microbench_test PRIVATE FREEBITS_SW_BUILD="${CMAKE_BINARY_DIR}/sw")
add_dependencies(microbench_test geometries sw_cluster_timing_xpulpv2)
