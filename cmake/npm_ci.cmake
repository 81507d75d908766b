# Installs npm packages: cmake -DNPM=… -DFOLDER=… -P npm_ci.cmake. FOLDER has package.json and package-lock.json. A registry that
# stumbles is asked again; what fails in the end is said in one line (a leading blank keeps CMake from folding it).
set(log ${FOLDER}/npm_ci.log)
foreach(pause 2 10 0)
  execute_process(COMMAND ${NPM} ci --prefer-offline --no-audit --no-fund --ignore-scripts --loglevel=error
                  WORKING_DIRECTORY ${FOLDER} OUTPUT_FILE ${log} ERROR_FILE ${log} RESULT_VARIABLE failed TIMEOUT 300)
  if(NOT failed)
    return()
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E sleep ${pause})
endforeach()
message(FATAL_ERROR " npm ci failed three times in ${FOLDER}; what npm said is in ${log}; is its registry reached from here?")
