# freebits_riscv_program(<name> SOURCES file … [LEVEL level] [OPTIONS compiler-option …] [CLUSTER] [KERNELS] [HOST_DRIVEN])
#
# CLUSTER: for all cores of a cluster (freebits/cluster.h), otherwise for one core. KERNELS: calls sw/kernels. HOST_DRIVEN: does
# nothing by itself; no test of its own.
# Cross-compiles <build>/sw/<name>.elf with Debian's clang-19 for one ISA level (default rv32imc), linked with the runtime
# (sw/runtime). FREEBITS_LEVEL (0 … 4, as in rtl/README.md) tells the sources what they may use. No linker relaxation:
# the hardware-loop macros need final label distances. Header dependencies are tracked. All programs: target `programs`.
find_program(FREEBITS_CLANG clang-19 REQUIRED)
find_program(FREEBITS_LLD ld.lld-19 REQUIRED)
find_program(FREEBITS_LLVM_AR llvm-ar-19 REQUIRED)

set(FREEBITS_LEVELS rv32imc xpulpv2 xpulpnn mixed flexv)
set(FREEBITS_CORE_V xcvmac1p0_xcvsimd1p0_xcvmem1p0_xcvalu1p0_xcvbitmanip1p0_xcvbi1p0_xcvelw1p0)
set(FREEBITS_SW ${CMAKE_SOURCE_DIR}/sw)
set(FREEBITS_SW_BUILD ${CMAKE_BINARY_DIR}/sw)
set(FREEBITS_ISA_HEADER ${FREEBITS_SW_BUILD}/include/freebits/isa_numbers.h)
set(FREEBITS_RISCV_WARNINGS -Wall -Wextra -Werror)

add_custom_target(programs ALL)

# Command line of the compiler for <level> in <out>.
function(freebits_riscv_compiler level out)
  list(FIND FREEBITS_LEVELS "${level}" number)
  if(number EQUAL -1)
    message(FATAL_ERROR "freebits_riscv_program: unknown level '${level}', expected one of ${FREEBITS_LEVELS}")
  endif()
  set(march rv32imc_zicsr_zifencei)
  if(number GREATER 0)
    string(APPEND march _${FREEBITS_CORE_V})
  endif()
  set(${out}
      ${FREEBITS_CLANG} --target=riscv32-unknown-elf -march=${march} -mabi=ilp32 -mcmodel=medany -mno-relax
      -O2 -falign-loops=4 -g -ffreestanding -ffunction-sections -fdata-sections -DFREEBITS_LEVEL=${number}
      -I${FREEBITS_SW}/include -isystem ${FREEBITS_SW}/include/libc -I${FREEBITS_SW_BUILD}/include
      PARENT_SCOPE)
endfunction()

# Compiles SOURCES with OPTIONS into objects in <folder>; their paths in <out>. HEADERS: generated ones that they include.
function(freebits_riscv_objects level folder out)
  cmake_parse_arguments(ARG "" "" "SOURCES;OPTIONS;HEADERS" ${ARGN})
  freebits_riscv_compiler("${level}" compiler)
  set(objects "")
  foreach(source IN LISTS ARG_SOURCES)
    get_filename_component(path ${source} ABSOLUTE)
    get_filename_component(file ${source} NAME)
    set(object ${folder}/${file}.o)
    set(standard "")
    if(file MATCHES "\\.c$")
      set(standard -std=gnu17)
    endif()
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_C_COMPILER_LAUNCHER} ${compiler} ${standard} ${FREEBITS_RISCV_WARNINGS} ${ARG_OPTIONS} -MD -MT ${object} -MF
              ${object}.d -c ${path} -o ${object}
      DEPENDS ${path} ${FREEBITS_ISA_HEADER} ${FREEBITS_CLUSTER_HEADER} ${ARG_HEADERS}
      DEPFILE ${object}.d
      COMMENT "RISC-V (${level}) ${file}"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  file(MAKE_DIRECTORY ${folder})
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

# The runtime library, of the lowest level: so that a trap handler can report an instruction above the level it runs at. Called by
# sw/CMakeLists.txt.
set(FREEBITS_RUNTIME ${FREEBITS_SW_BUILD}/runtime/libfreebits.a)
function(freebits_riscv_runtime)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  freebits_riscv_objects(rv32imc ${FREEBITS_SW_BUILD}/runtime objects SOURCES ${ARG_SOURCES} OPTIONS -fno-builtin)
  add_custom_command(
    OUTPUT ${FREEBITS_RUNTIME}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${FREEBITS_RUNTIME}
    COMMAND ${FREEBITS_LLVM_AR} rcs ${FREEBITS_RUNTIME} ${objects}
    DEPENDS ${objects}
    VERBATIM)
  add_custom_target(sw_runtime DEPENDS ${FREEBITS_RUNTIME})
endfunction()

# The kernel library of a level: SOURCES, each compiled for every type of input (-DIN=…); they include the generated HEADERS.
function(freebits_riscv_kernels level)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS" ${ARGN})
  set(all "")
  foreach(in u8 u4 u2 s8 s4 s2)
    freebits_riscv_objects(${level} ${FREEBITS_SW_BUILD}/kernels/${level}/${in} objects SOURCES ${ARG_SOURCES}
                           OPTIONS -DIN=${in} HEADERS ${ARG_HEADERS})
    list(APPEND all ${objects})
  endforeach()
  set(archive ${FREEBITS_SW_BUILD}/kernels/libkernels_${level}.a)
  add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${FREEBITS_LLVM_AR} rcs ${archive} ${all}
    DEPENDS ${all}
    VERBATIM)
  add_custom_target(sw_kernels_${level} DEPENDS ${archive})
  add_dependencies(sw_kernels_${level} sw_kernel_headers)
endfunction()

function(freebits_riscv_program name)
  cmake_parse_arguments(ARG "CLUSTER;KERNELS;HOST_DRIVEN" "LEVEL" "SOURCES;OPTIONS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SOURCES)
    message(FATAL_ERROR "freebits_riscv_program(${name}): expected SOURCES [LEVEL] [OPTIONS], got ${ARGN}")
  endif()
  if(NOT ARG_LEVEL)
    set(ARG_LEVEL rv32imc)
  endif()
  set(script ${FREEBITS_SW}/runtime/link.ld)
  set(kind FREEBITS_RISCV_PROGRAMS)
  if(ARG_CLUSTER)
    set(script ${FREEBITS_SW}/runtime/cluster.ld)
    set(kind FREEBITS_CLUSTER_PROGRAMS)
    list(APPEND ARG_SOURCES ${FREEBITS_SW}/runtime/cluster_start.S ${FREEBITS_SW}/runtime/cluster.c)
  endif()
  freebits_riscv_objects(${ARG_LEVEL} ${FREEBITS_SW_BUILD}/objects/${name} objects
                         SOURCES ${ARG_SOURCES} OPTIONS ${ARG_OPTIONS})
  set(kernels "")
  if(ARG_KERNELS)
    set(kernels ${FREEBITS_SW_BUILD}/kernels/libkernels_${ARG_LEVEL}.a)
  endif()
  set(elf ${FREEBITS_SW_BUILD}/${name}.elf)
  add_custom_command(
    OUTPUT ${elf}
    COMMAND ${FREEBITS_LLD} -m elf32lriscv --nmagic --gc-sections --fatal-warnings -T ${script} -o ${elf} ${objects}
            ${kernels} ${FREEBITS_RUNTIME}
    DEPENDS ${objects} ${kernels} ${FREEBITS_RUNTIME} ${script}
    COMMENT "RISC-V (${ARG_LEVEL}) ${name}.elf"
    VERBATIM)
  add_custom_target(sw_${name} DEPENDS ${elf})
  add_dependencies(sw_${name} sw_runtime)
  add_dependencies(programs sw_${name})
  if(ARG_KERNELS)
    add_dependencies(sw_${name} sw_kernels_${ARG_LEVEL})
  endif()
  if(NOT ARG_HOST_DRIVEN)
    set_property(GLOBAL APPEND PROPERTY ${kind} ${name}:${ARG_LEVEL})
  endif()
endfunction()
