# Writes OUTPUT, which includes every C++ file of Verilator's in FOLDER.
file(GLOB files ${FOLDER}/${PREFIX}*.cpp)
list(FILTER files EXCLUDE REGEX "__all\\.cpp$")
list(SORT files)
set(text "")
foreach(file IN LISTS files)
  string(APPEND text "#include \"${file}\"\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
