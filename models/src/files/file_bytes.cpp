// SPDX-License-Identifier: Apache-2.0
#include "files/file_bytes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace freebits::models {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, std::string_view what, std::string_view why) {
  throw std::invalid_argument(fmt::format("{}: cannot be {}: {}", file.string(), what, why));
}

}  // namespace

std::string read_bytes(const fs::path& file) {
  if (fs::is_directory(file)) fail(file, "read", "a folder, expected a file");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail(file, "opened", std::strerror(errno));
  std::string bytes(std::istreambuf_iterator<char>(stream), {});
  if (stream.bad()) fail(file, "read", std::strerror(errno));
  return bytes;
}

void write_atomically(const fs::path& file, std::string_view bytes) {
  std::error_code error;
  const fs::path final_file = fs::weakly_canonical(file, error);  // a link stays one
  if (error) fail(file, "written", error.message());
  if (fs::exists(final_file, error) && !fs::is_regular_file(final_file, error))
    fail(file, "written", "not a regular file; name one");
  const fs::path part = fmt::format("{}.{}.part", final_file.string(), getpid());
  errno = 0;
  std::ofstream stream(part, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) {
    const int why = errno;
    fs::remove(part, error);
    fail(file, "written", why == 0 ? "no reason given" : std::strerror(why));
  }
  fs::rename(part, final_file, error);
  if (error) {
    std::error_code ignored;
    fs::remove(part, ignored);
    fail(file, "written", error.message());
  }
}

}  // namespace freebits::models
