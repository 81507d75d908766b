// SPDX-License-Identifier: Apache-2.0
#include "search/data/folder_listing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "search/data/file.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

bool is_image_name(const fs::path& path) {
  const std::string extension = lower_extension(path);
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

/// Of what is no image file; no name of a user's, as many and odd as those may be.
std::string kind_of(const fs::directory_entry& entry) {
  constexpr std::size_t kLongest = 9;
  if (entry.is_directory()) return "folders";
  if (!entry.is_regular_file()) return "links to nothing";
  const std::string extension = lower_extension(entry.path());
  const bool plain = extension.size() > 1 && extension.size() <= kLongest &&
                     std::all_of(extension.begin() + 1, extension.end(), [](char c) {
                       return std::isalnum(static_cast<unsigned char>(c)) != 0;
                     });
  return plain ? extension : "others";
}

/// The folders of `root`; what else there is goes to `beside` and `hidden`.
std::vector<std::string> class_names(const fs::path& root, Counted& hidden, Counted& beside) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (is_hidden(entry.path())) {
      hidden.add(name);
    } else if (entry.is_directory()) {
      names.push_back(name);
    } else {
      beside.add(name);
    }
  }
  std::sort(names.begin(), names.end());
  if (names.empty())
    throw Error(fmt::format("{}: no folders, expected one each class", root.string()));
  return names;
}

std::string listed(const std::map<std::string, std::size_t>& kinds) {
  std::vector<std::string> parts;
  for (const auto& [kind, count] : kinds) parts.push_back(fmt::format("{} {}", count, kind));
  return fmt::format("{}", fmt::join(parts, ", "));
}

void append_files(const fs::path& folder, unsigned label, FolderListing& listing) {
  auto& files = listing.files;
  const std::size_t before = files.size();
  std::map<std::string, std::size_t> others;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path name = entry.path().filename();
    if (is_hidden(name)) {
      listing.hidden.add((folder.filename() / name).string());
    } else if (entry.is_regular_file() && is_image_name(name)) {
      files.push_back({name.string(), label});
    } else {
      ++others[kind_of(entry)];
    }
  }
  if (files.size() == before) {
    throw Error(fmt::format("{}: no .jpg, .jpeg or .png file{}{}", folder.string(),
                            others.empty() ? "" : ", but ", listed(others)));
  }
  for (const auto& [kind, count] : others) listing.others[kind] += count;
  std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end(),
            [](const ImageFile& a, const ImageFile& b) { return a.name < b.name; });
}

std::size_t sum(const std::map<std::string, std::size_t>& kinds) {
  std::size_t all = 0;
  for (const auto& [kind, count] : kinds) all += count;
  return all;
}

}  // namespace

void Counted::add(const std::string& name) {
  if (count++ == 0 || name < first) first = name;
}

std::vector<std::string> FolderListing::remarks(const fs::path& root) const {
  std::vector<std::string> lines;
  const auto say = [&](std::size_t count, std::string_view what, std::string_view more) {
    if (count == 0) return;
    lines.push_back(
        fmt::format("{}: {} {}{} {}", root.string(), count, what, count == 1 ? "" : "s", more));
  };
  // A name is the user's: what a terminal would obey is left out.
  const auto such_as = [](const char* what, const Counted& names) {
    std::string name = names.first;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');
    return fmt::format("{}, such as {}", what, name);
  };
  say(hidden.count, "hidden name", such_as("ignored", hidden));
  say(beside.count, "file", such_as("beside the class folders not used", beside));
  say(sum(others), "name",
      fmt::format("in class folders not used ({}), expected .jpg, .jpeg or .png", listed(others)));
  return lines;
}

FolderListing list_folder(const fs::path& folder, const std::string& split) {
  expect_folder(folder);
  const fs::path train = folder / "train", root = folder / split;
  expect_folder(root);
  FolderListing listing;
  const auto names = class_names(root, listing.hidden, listing.beside);
  // The numbers of classes must mean the same in both splits.
  Counted ignored;
  listing.classes = fs::is_directory(train) ? class_names(train, ignored, ignored) : names;
  for (const auto& name : names) {
    const auto& classes = listing.classes;
    const auto at = std::lower_bound(classes.begin(), classes.end(), name);
    if (at == classes.end() || *at != name) {
      throw Error(fmt::format("{}: not a class of {}", (root / name).string(), train.string()));
    }
    append_files(root / name, static_cast<unsigned>(at - classes.begin()), listing);
  }
  return listing;
}

}  // namespace freebits::search
