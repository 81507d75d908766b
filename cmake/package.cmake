# What `cmake --install` copies, the package for CMake, and the Debian packages.
#
# Component `program`: bin/freebits with all that it reads at run time (base/data_folder.hpp says where), manual pages, completion.
# Component `development`: the libraries with their headers (cmake/library.cmake) and find_package(freebits).
# An installation may be moved: nothing in it names the prefix.
include(CMakePackageConfigHelpers)

# All that is installed, and nothing else: no tests.
add_custom_target(package_contents)
get_property(exported GLOBAL PROPERTY FREEBITS_EXPORTED)
add_dependencies(package_contents freebits manual programs default_geometries ${exported})

set(share share/freebits)
set(lib lib/freebits)

install(TARGETS freebits RUNTIME DESTINATION bin COMPONENT program)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION share/doc/freebits COMPONENT program)
install(DIRECTORY ${FREEBITS_MANUAL}/man1 DESTINATION share/man COMPONENT program)
install(FILES ${FREEBITS_MANUAL}/freebits.bash DESTINATION share/bash-completion/completions RENAME freebits COMPONENT program)
foreach(folder site-functions vendor-completions)  # the second: of Debian's packages
  install(FILES ${FREEBITS_MANUAL}/_freebits DESTINATION share/zsh/${folder} COMPONENT program)
endforeach()
install(FILES ${FREEBITS_MANUAL}/freebits.fish DESTINATION share/fish/vendor_completions.d COMPONENT program)

# What a geometry is built from, and the targets.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/rtl DESTINATION ${share} COMPONENT program
        FILES_MATCHING PATTERN "*.sv" PATTERN "*.f" PATTERN "*.vlt" PATTERN "LICENSE")
get_property(sources GLOBAL PROPERTY FREEBITS_GEOMETRY_SOURCES)
list(FILTER sources INCLUDE REGEX "^${PROJECT_SOURCE_DIR}/tb/")
foreach(file IN LISTS sources)
  file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${file})
  get_filename_component(folder ${path} DIRECTORY)
  install(FILES ${file} DESTINATION ${share}/${folder} COMPONENT program)
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tb/targets DESTINATION ${share}/tb COMPONENT program FILES_MATCHING PATTERN "*.toml")
# Those that every build makes: of 1 and of 8 cores.
install(DIRECTORY ${FREEBITS_GEOMETRY_FOLDER}/ DESTINATION ${lib}/geometries COMPONENT program
        FILES_MATCHING PATTERN "cluster-1c2b128k-plain-*.so" PATTERN "cluster-8c16b128k-plain-*.so")

# Bare-metal software: what is linked for a network, programs that commands run, examples; and what own programs are made from.
install(DIRECTORY ${FREEBITS_SW}/include ${FREEBITS_SW}/runtime ${FREEBITS_SW}/examples DESTINATION ${share}/sw COMPONENT program
        PATTERN "CMakeLists.txt" EXCLUDE)
install(FILES ${FREEBITS_ISA_HEADER} ${FREEBITS_CLUSTER_HEADER} DESTINATION ${share}/sw/include/freebits COMPONENT program)
install(FILES ${FREEBITS_RUNTIME} DESTINATION ${lib}/sw/runtime COMPONENT program)
foreach(level IN LISTS FREEBITS_LEVELS)
  install(FILES ${FREEBITS_SW_BUILD}/kernels/libkernels_${level}.a DESTINATION ${lib}/sw/kernels COMPONENT program)
  install(DIRECTORY ${FREEBITS_SW_BUILD}/objects/network_${level} DESTINATION ${lib}/sw/objects COMPONENT program
          FILES_MATCHING PATTERN "*.o")
endforeach()
install(DIRECTORY ${FREEBITS_SW_BUILD}/ DESTINATION ${lib}/sw COMPONENT program
        FILES_MATCHING PATTERN "hello_*.elf" PATTERN "parallel_hello_*.elf" PATTERN "bench_*.elf" PATTERN "kernel_job_*.elf"
        PATTERN "network_*.elf" PATTERN "CMakeFiles" EXCLUDE PATTERN "include" EXCLUDE PATTERN "objects" EXCLUDE
        PATTERN "kernels" EXCLUDE PATTERN "runtime" EXCLUDE PATTERN "benchmarks" EXCLUDE PATTERN "examples" EXCLUDE
        PATTERN "programs" EXCLUDE PATTERN "tests" EXCLUDE)
# 150 MB of debug information of kernels, which no command reads. Programs that users run keep theirs.
find_program(FREEBITS_STRIP llvm-strip-19 REQUIRED)
install(CODE "
  file(GLOB files \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${lib}/sw/kernels/*.a\"
       \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${lib}/sw/kernel_job_*.elf\")
  execute_process(COMMAND \"${FREEBITS_STRIP}\" --strip-debug \${files} COMMAND_ERROR_IS_FATAL ANY)"
  COMPONENT program)

# find_package(freebits)
set(config lib/cmake/freebits)
install(EXPORT freebitsTargets NAMESPACE freebits:: DESTINATION ${config} COMPONENT development)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/package/freebitsConfig.cmake.in
                              ${CMAKE_BINARY_DIR}/package/freebitsConfig.cmake INSTALL_DESTINATION ${config})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/freebitsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/freebitsConfig.cmake ${CMAKE_BINARY_DIR}/package/freebitsConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/package/installation.cpp
        DESTINATION ${config} COMPONENT development)

include(${CMAKE_CURRENT_LIST_DIR}/package/debian.cmake)
