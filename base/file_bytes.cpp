// SPDX-License-Identifier: Apache-2.0
#include "base/file_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "base/error.hpp"
#include "base/part_file.hpp"

namespace freebits {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, std::string_view what, std::string_view why) {
  throw Error(fmt::format("{}: cannot be {}: {}", file.string(), what, why));
}

/// 0, or errno.
int write_and_sync(const fs::path& file, std::initializer_list<std::string_view> parts,
                   std::optional<InWork>& mark) {
  std::FILE* const out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) return errno;
  mark.emplace(fileno(out));
  int why = 0;
  for (const std::string_view part : parts) {
    if (why == 0 && std::fwrite(part.data(), 1, part.size(), out) != part.size()) why = errno;
  }
  if (why == 0 && (std::fflush(out) != 0 || fsync(fileno(out)) != 0)) why = errno;
  if (std::fclose(out) != 0 && why == 0) why = errno;
  return why;
}

/// So that the new name outlasts a power cut. Where a folder cannot be opened for that, it is as
/// good as it gets.
void sync_folder(const fs::path& folder) {
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (handle < 0) return;
  fsync(handle);
  close(handle);
}

}  // namespace

void write_atomically(const fs::path& file, std::initializer_list<std::string_view> parts) {
  std::error_code error;
  const fs::path final_file = fs::weakly_canonical(file, error);  // a link stays one
  if (error) fail(file, "written", error.message());
  if (fs::exists(final_file, error) && !fs::is_regular_file(final_file, error))
    fail(file, "written", "not a regular file; name one");
  const fs::path part = part_of(final_file);
  std::optional<InWork> mark;  // until it has its name
  if (const int why = write_and_sync(part, parts, mark); why != 0) {
    fs::remove(part, error);
    fail(file, "written", std::strerror(why));
  }
  fs::rename(part, final_file, error);
  if (error) {
    std::error_code ignored;
    fs::remove(part, ignored);
    fail(file, "written", error.message());
  }
  remove_abandoned_parts(final_file);
  sync_folder(final_file.parent_path());
}

}  // namespace freebits
