// SPDX-License-Identifier: Apache-2.0
// What a tree of class folders holds, and what of it is no image of a class.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace freebits::search {

/// How many there are of something, and the first by name.
struct Counted {
  std::size_t count = 0;
  std::string first;
  void add(const std::string& name);
};

struct ImageFile {
  std::string name;
  unsigned label = 0;
};

struct FolderListing {
  std::vector<std::string> classes;
  std::vector<ImageFile> files;               ///< by class, then name
  Counted hidden;                             ///< names that start with a dot
  Counted beside;                             ///< whatever else lies beside the class folders
  std::map<std::string, std::size_t> others;  ///< in class folders, by kind: ".bmp", "folders"

  /// A line each for what is not used, naming `root`.
  [[nodiscard]] std::vector<std::string> remarks(const std::filesystem::path& root) const;
};

/// folder/{train,val}, `split` being the name of one of them. Classes are numbered in the order of
/// their names, those of train/ where there is one. Throws Error for a folder that is missing or
/// has no class, and a class without images or not in train/.
[[nodiscard]] FolderListing list_folder(const std::filesystem::path& folder,
                                        const std::string& split);

}  // namespace freebits::search
