# What looks on while a cluster runs: timeline, profile, lock step.
find_package(nlohmann_json REQUIRED)
freebits_add_test(observers_test SOURCES observers_test.cpp LIBS freebits_tb nlohmann_json::nlohmann_json LABELS cluster)
target_compile_definitions(observers_test PRIVATE FREEBITS_SW_BUILD="${CMAKE_BINARY_DIR}/sw")
add_dependencies(observers_test geometries programs)
freebits_add_test(set_registers_test SOURCES set_registers_test.cpp LIBS freebits_tb LABELS cluster)
target_compile_definitions(set_registers_test PRIVATE FREEBITS_SW_BUILD="${CMAKE_BINARY_DIR}/sw")
add_dependencies(set_registers_test geometry_8_plain geometry_8_observed programs)
freebits_add_test(rsp_connection_test SOURCES rsp_connection_test.cpp LIBS freebits_tb LABELS host)
