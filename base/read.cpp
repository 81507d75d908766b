// SPDX-License-Identifier: Apache-2.0
#include "base/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what,
                       std::string_view why) {
  throw Error(fmt::format("{}: cannot be {}: {}", file.string(), what, why));
}

using Stream = std::unique_ptr<std::FILE, Close>;

Stream open(const std::filesystem::path& file) {
  std::error_code none;
  if (std::filesystem::is_directory(file, none)) fail(file, "read", "a folder, expected a file");
  Stream stream(std::fopen(file.c_str(), "rb"));
  if (!stream) fail(file, "opened", std::strerror(errno));
  return stream;
}

}  // namespace

std::string read_bytes(const std::filesystem::path& file, std::uint64_t most) {
  const Stream stream = open(file);
  constexpr std::size_t kFirst = 4096, kLargest = std::size_t{1} << 24;
  std::string bytes;
  std::size_t chunk = kFirst, got = 0;
  do {
    const std::size_t before = bytes.size();
    bytes.resize(before + chunk);
    got = std::fread(bytes.data() + before, 1, chunk, stream.get());
    bytes.resize(before + got);
    if (bytes.size() > most)
      fail(file, "read", fmt::format("more than {} bytes, expected at most that", most));
    if (got < chunk && std::ferror(stream.get()) != 0) fail(file, "read", std::strerror(errno));
    chunk = std::min(2 * chunk, kLargest);
  } while (got != 0 && std::feof(stream.get()) == 0);
  return bytes;
}

std::string read_head(const std::filesystem::path& file, std::size_t most) {
  const Stream stream = open(file);
  std::string bytes(most, '\0');
  bytes.resize(std::fread(bytes.data(), 1, most, stream.get()));
  if (std::ferror(stream.get()) != 0) fail(file, "read", std::strerror(errno));
  return bytes;
}

}  // namespace freebits
