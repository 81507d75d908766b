// SPDX-License-Identifier: Apache-2.0
// What a kind of file brings along to be fuzzed.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "random.hpp"

namespace freebits::fuzz {

namespace fs = std::filesystem;

/// One kind of file that a user can hand over.
struct Kind {
  std::string file;  ///< its path within a folder of its own; folders on the way exist
  /// Valid files, as the project's own writers make them. All are accepted.
  std::vector<std::string> seeds;
  /// A seed, changed. What seals the file is made right again, mostly: behind it is the reader.
  std::function<std::string(const std::string& seed, Random& random)> mutate;
  /// Reads the file and does with it what the program does first. Throws Error, one
  /// line with the file's name; nothing else.
  std::function<void(const fs::path& file)> read;
  unsigned mutants = 4000;  ///< in a usual run
  /// After each: puts beside the file again what a reader may have changed. May be empty.
  std::function<void(const fs::path& folder)> restore;
  /// Of the messages of what is refused before the reader, such as "checksum": fewer than half of
  /// the mutants may have it. Empty: there is nothing before it.
  std::string shallow;
};

/// A kind by its name, made only when it is asked for. `folder`: scratch, to make seeds in.
struct Entry {
  const char* name;
  Kind (*make)(const fs::path& folder);
  friend void PrintTo(const Entry& entry, std::ostream* to) { *to << entry.name; }  // GoogleTest's
};

/// All there are: kinds.cpp lists them, kinds/ has a file each.
[[nodiscard]] const std::vector<Entry>& all_kinds();

/// The bytes of a file that `write_file` makes.
[[nodiscard]] std::string written(const fs::path& folder,
                                  const std::function<void(const fs::path& file)>& write_file);

}  // namespace freebits::fuzz
