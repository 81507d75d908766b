# npm packages, in the build tree only.

find_program(NODE NAMES node nodejs)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "node and npm (Debian packages nodejs, npm) are needed to bundle the report page; run scripts/bootstrap.sh")
endif()

# freebits_npm(<name> <folder>): the packages that package-lock.json in <folder> lists, under ${<name>_PACKAGES}/node_modules;
# ${<name>_STAMP} is newer than the lock once they are there.
function(freebits_npm name folder)
  set(packages ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(stamp ${packages}/installed)
  set(inputs ${folder}/package.json ${folder}/package-lock.json ${folder}/.npmrc)
  add_custom_command(
    OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${packages}
    COMMAND ${CMAKE_COMMAND} -E copy ${inputs} ${packages}
    COMMAND ${CMAKE_COMMAND} -DNPM=${NPM} -DFOLDER=${packages} -P ${CMAKE_SOURCE_DIR}/cmake/npm_ci.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/npm_ci.cmake
    COMMENT "npm packages of ${name}"
    VERBATIM)
  set(${name}_PACKAGES ${packages} PARENT_SCOPE)
  set(${name}_STAMP ${stamp} PARENT_SCOPE)
endfunction()
