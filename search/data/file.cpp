// SPDX-License-Identifier: Apache-2.0
#include "search/data/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/error.hpp"

namespace freebits::search {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  throw Error(fmt::format("{}: cannot be {}: {}", path.string(), what, std::strerror(errno)));
}

File open(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) fail(path, "opened");
  return file;
}

std::uint64_t size_of(std::FILE* file, const std::filesystem::path& path) {
  if (std::fseek(file, 0, SEEK_END) != 0) fail(path, "read");
  const long size = std::ftell(file);
  if (size < 0 || std::fseek(file, 0, SEEK_SET) != 0) fail(path, "read");
  return static_cast<std::uint64_t>(size);
}

}  // namespace

void read_file(const std::filesystem::path& path, std::vector<std::uint8_t>& bytes) {
  if (std::filesystem::is_directory(path))
    throw Error(fmt::format("{}: a folder, expected a file", path.string()));
  const File file = open(path);
  bytes.resize(size_of(file.get(), path));
  if (bytes.empty()) return;
  errno = EIO;
  if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) fail(path, "read");
}

FileEnds read_ends(const std::filesystem::path& path) {
  const File file = open(path);
  FileEnds ends;
  ends.size = size_of(file.get(), path);
  errno = EIO;
  const std::size_t head = std::min<std::uint64_t>(ends.size, ends.head.size());
  if (std::fread(ends.head.data(), 1, head, file.get()) != head) fail(path, "read");
  if (ends.size < ends.tail.size()) return ends;
  if (std::fseek(file.get(), -static_cast<long>(ends.tail.size()), SEEK_END) != 0 ||
      std::fread(ends.tail.data(), 1, ends.tail.size(), file.get()) != ends.tail.size())
    fail(path, "read");
  return ends;
}

void expect_folder(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return;
  throw Error(fmt::format(
      "{}: {}", path.string(),
      std::filesystem::exists(path, error) ? "a file, expected a folder" : "no such folder"));
}

}  // namespace freebits::search
