# freebits_riscv_program(<name> LEVEL <level> SOURCES … [OPTIONS …] [BARE])
#
# Builds ${CMAKE_BINARY_DIR}/sw/<name>.elf with Debian's clang-19 and lld-19: a bare-metal program for one ISA level, linked with the
# runtime of sw/runtime (BARE: without). All programs belong to the target `programs`.
find_program(RISCV_CLANG clang-19 REQUIRED)
find_program(RISCV_LLD ld.lld-19 REQUIRED)

set(RISCV_MARCH_BASE rv32imc_zicsr_zifencei)
set(RISCV_MARCH_COREV
    ${RISCV_MARCH_BASE}_xcvmac1p0_xcvsimd1p0_xcvmem1p0_xcvalu1p0_xcvbitmanip1p0_xcvbi1p0_xcvelw1p0)
set(RISCV_LEVELS rv32imc xpulpv2 xpulpnn mixed flexv)

add_custom_target(programs ALL)

function(freebits_riscv_program name)
  cmake_parse_arguments(ARG "BARE" "LEVEL" "SOURCES;OPTIONS" ${ARGN})
  list(FIND RISCV_LEVELS "${ARG_LEVEL}" level)
  if(level EQUAL -1)
    message(FATAL_ERROR "freebits_riscv_program(${name}): LEVEL ${ARG_LEVEL} is none of ${RISCV_LEVELS}")
  endif()
  if(level EQUAL 0)
    set(march ${RISCV_MARCH_BASE})
  else()
    set(march ${RISCV_MARCH_COREV})
  endif()
  set(flags --target=riscv32-unknown-elf -march=${march} -mabi=ilp32 -menable-experimental-extensions
            -mno-relax -O3 -g -std=c17 -ffreestanding -fno-builtin -nostdlib -Wall -Wextra -Werror
            -DFREEBITS_LEVEL=${level} -I${CMAKE_SOURCE_DIR}/sw/include ${ARG_OPTIONS})
  set(sources ${ARG_SOURCES})
  if(NOT ARG_BARE)
    foreach(file crt0.S console.c string.c trap.c)
      list(APPEND sources ${CMAKE_SOURCE_DIR}/sw/runtime/${file})
    endforeach()
  endif()

  set(objects "")
  foreach(source IN LISTS sources)
    get_filename_component(source ${source} ABSOLUTE)
    get_filename_component(stem ${source} NAME)
    set(object ${CMAKE_BINARY_DIR}/sw/obj/${name}/${stem}.o)
    set(language "")
    if(source MATCHES "\\.S$")
      set(source_flags ${flags})
      list(FILTER source_flags EXCLUDE REGEX "^-std=")
    else()
      set(source_flags ${flags})
    endif()
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/sw/obj/${name}
      COMMAND ${RISCV_CLANG} ${source_flags} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
      DEPENDS ${source}
      DEPFILE ${object}.d
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()

  set(script ${CMAKE_SOURCE_DIR}/sw/runtime/link.ld)
  set(elf ${CMAKE_BINARY_DIR}/sw/${name}.elf)
  add_custom_command(
    OUTPUT ${elf}
    COMMAND ${RISCV_LLD} -T ${script} --no-relax --fatal-warnings ${objects} -o ${elf}
    DEPENDS ${objects} ${script}
    COMMENT "Linking ${name}.elf"
    VERBATIM)
  add_custom_target(sw_${name} DEPENDS ${elf})
  add_dependencies(programs sw_${name})
endfunction()
