# freebits_verilate(<target> TOP <module> PREFIX <class> FILES <list file> [EXTRA <file> …] [TRACE] [PARAMETERS -GName=value …])
#
# A static library with the Verilated model of <module>; the class is <class>. Models with TRACE write FST waveforms and are
# compiled apart, so that the others pay nothing for it. Two-state, no --timing: C++ drives the clock.
find_program(VERILATOR verilator REQUIRED)
execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE)
set(VERILATOR_INCLUDE ${VERILATOR_ROOT}/include)

# tests/mutation builds many models, whose faults may raise warnings, and runs them shortly.
set(FREEBITS_VERILATED_OPTIMIZATION -O3 CACHE STRING "Option of the compiler for Verilated models")
set(FREEBITS_VERILATOR_WARNINGS -Wall CACHE STRING "Option of Verilator: with -Wall every warning is an error")

find_package(ZLIB REQUIRED)

function(freebits_verilate target)
  cmake_parse_arguments(ARG "TRACE" "TOP;PREFIX;FILES" "EXTRA;PARAMETERS" ${ARGN})
  get_filename_component(folder ${ARG_FILES} DIRECTORY)
  file(STRINGS ${ARG_FILES} names)
  list(TRANSFORM names PREPEND ${folder}/ OUTPUT_VARIABLE sources)
  list(APPEND sources ${ARG_EXTRA})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_FILES})

  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target})
  set(flags --cc -O3 --x-assign fast --x-initial fast --noassert --top-module ${ARG_TOP}
            --prefix ${ARG_PREFIX} --Mdir ${out} ${FREEBITS_VERILATOR_WARNINGS} ${ARG_PARAMETERS})
  if(ARG_TRACE)
    list(APPEND flags --trace-fst --trace-structs)
  endif()

  # One translation unit per model: the whole core is optimised together.
  set(unity ${out}/${ARG_PREFIX}__all.cpp)
  add_custom_command(
    OUTPUT ${unity} ${out}/${ARG_PREFIX}.h
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${out}  # files of an earlier, larger model must not stay
    COMMAND ${VERILATOR} ${flags} ${sources}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${out} -DPREFIX=${ARG_PREFIX} -DOUTPUT=${unity}
            -P ${CMAKE_SOURCE_DIR}/cmake/verilated_unity.cmake
    DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/cmake/verilated_unity.cmake
    COMMENT "Verilating ${ARG_TOP} as ${ARG_PREFIX}"
    VERBATIM)
  add_library(${target} STATIC ${unity})
  if(NOT TARGET freebits_verilated_runtime)
    add_library(freebits_verilated_runtime STATIC ${VERILATOR_INCLUDE}/verilated.cpp
                ${VERILATOR_INCLUDE}/verilated_threads.cpp ${VERILATOR_INCLUDE}/verilated_fst_c.cpp)
    target_include_directories(freebits_verilated_runtime SYSTEM PUBLIC $<BUILD_INTERFACE:${VERILATOR_INCLUDE}>
                               $<BUILD_INTERFACE:${VERILATOR_INCLUDE}/vltstd>)
    target_compile_options(freebits_verilated_runtime PRIVATE -w -O2 $<$<BOOL:${FREEBITS_SANITIZE}>:-fno-sanitize=all>)
    target_link_libraries(freebits_verilated_runtime PUBLIC ZLIB::ZLIB pthread)
    freebits_export(freebits_verilated_runtime)
  endif()
  target_link_libraries(${target} PUBLIC freebits_verilated_runtime)
  target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${out}>)
  # Generated code: no warnings, and no sanitizers (they look at the host code around it).
  target_compile_options(${target} PRIVATE -w ${FREEBITS_VERILATED_OPTIMIZATION} $<$<BOOL:${FREEBITS_SANITIZE}>:-fno-sanitize=all>)
endfunction()
