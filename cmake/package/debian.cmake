# Debian packages: `cpack -G DEB` in a build folder makes freebits and libfreebits-dev of what has been built. What a linked library
# needs is found by dpkg-shlibdeps; named here is what is called, or compiled against, at run time.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME freebits)
set(CPACK_PACKAGE_CONTACT "freebits authors <freebits@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)
# A geometry ends with its own hash, which strip would cut off.
set(CPACK_STRIP_FILES OFF)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME freebits)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "mixed-precision neural networks on the RTL of a RISC-V cluster
 Quantizes, searches, deploys and measures neural networks on a Verilated
 cluster of RISC-V cores; every cycle comes from the RTL.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
# A network's program is linked by lld; a geometry is Verilated, and compiled against zlib when it writes waveforms.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "lld-19, verilator, clang-19, g++, zlib1g-dev")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "gdb-multiarch, libfreebits-dev")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libfreebits-dev)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "libraries of freebits
 Static libraries, headers and the package for CMake: the cluster as a C++
 object, the integer model of quantized networks, the autograd engine.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
string(JOIN ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "freebits (= ${PROJECT_VERSION})" cmake pkg-config libfmt-dev nlohmann-json3-dev libtomlplusplus-dev zlib1g-dev libsystemc-dev
  libdw-dev libelf-dev libsqlitecpp-dev libsqlite3-dev libjpeg62-turbo-dev libpng-dev coinor-libcbc-dev)

include(CPack)
