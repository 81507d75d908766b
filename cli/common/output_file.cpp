// SPDX-License-Identifier: Apache-2.0
#include "cli/common/output_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/part_file.hpp"

namespace freebits::cli {

namespace fs = std::filesystem;

namespace {

bool is_file_of(int stream, const struct stat& file) {
  struct stat open = {};
  return fstat(stream, &open) == 0 && open.st_dev == file.st_dev && open.st_ino == file.st_ino;
}

/// What cannot be replaced by another file of its name: pipes, terminals, devices; a file that is
/// standard output or standard error, however it is called (/dev/stdout); one without a name
/// (/dev/fd/N of a deleted file). Where it lies does not matter: /dev/shm is a folder like others.
bool written_directly(const fs::path& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) return false;
  return !S_ISREG(file.st_mode) || file.st_nlink == 0 || is_file_of(STDOUT_FILENO, file) ||
         is_file_of(STDERR_FILENO, file);
}

/// Where a file of this name lies or will lie: also behind a link that leads to nothing yet.
fs::path resolved(fs::path path) {
  for (unsigned links = 0; fs::is_symlink(path) && links < 40; ++links) {
    path = path.parent_path() / fs::read_symlink(path);  // an absolute target replaces the folder
  }
  return path;
}

}  // namespace

OutputFile::OutputFile(std::string file) : file_(std::move(file)) {
  if (written_directly(file_)) {
    final_ = file_;
  } else {
    final_ = resolved(file_);
    temporary_ = part_of(final_);
  }
  out_ = std::fopen((temporary_.empty() ? final_ : temporary_).c_str(), "w");
  if (out_ == nullptr) fail(std::strerror(errno));
  if (!temporary_.empty()) mark_.emplace(fileno(out_));
}

OutputFile::~OutputFile() {
  if (out_ == nullptr) return;
  std::fclose(out_);
  std::error_code error;
  if (!temporary_.empty()) fs::remove(temporary_, error);
}

void OutputFile::fail(const std::string& why) {
  std::error_code error;
  if (out_ != nullptr) std::fclose(std::exchange(out_, nullptr));
  if (!temporary_.empty()) fs::remove(temporary_, error);
  throw Error(fmt::format("{}: {}; name a file in a writable folder with space left", file_, why));
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) fail(std::strerror(errno));
}

void OutputFile::commit() {
  if (std::fflush(out_) != 0) fail(std::strerror(errno));
  if (std::fclose(std::exchange(out_, nullptr)) != 0) fail(std::strerror(errno));
  if (temporary_.empty()) return;
  std::error_code error;
  if (fs::exists(final_)) fs::permissions(temporary_, fs::status(final_).permissions(), error);
  fs::rename(temporary_, final_, error);
  if (error) fail(error.message());
  remove_abandoned_parts(final_);
}

void write_file(std::string_view text, const std::string& file) {
  if (file == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
      throw Error(fmt::format("standard output: {}", std::strerror(errno)));
    }
    return;
  }
  OutputFile out(file);
  out.write(text);
  out.commit();
}

void check_writable(const std::string& file) {
  if (file.empty() || file == "-") return;
  if (fs::is_directory(file)) throw Error(fmt::format("{}: is a folder; name a file", file));
  if (written_directly(file) && fs::exists(file)) {
    if (access(file.c_str(), W_OK) != 0) {
      throw Error(fmt::format("{}: {}", file, std::strerror(errno)));
    }
    return;
  }
  const fs::path folder = fs::absolute(resolved(file)).parent_path();
  if (!fs::is_directory(folder)) {
    throw Error(
        fmt::format("{}: folder {} does not exist; create it first", file, folder.string()));
  }
  if (access(folder.c_str(), W_OK) != 0) {
    throw Error(fmt::format("{}: folder {} is not writable", file, folder.string()));
  }
}

void check_writable_regular(const std::string& file, std::uintmax_t space_needed) {
  if (file == "-" || written_directly(file)) {
    throw Error(fmt::format("{}: this format needs a regular file; name one", file));
  }
  check_writable(file);
  check_space(file, space_needed);
}

void check_space(const std::string& file, std::uintmax_t needed) {
  const fs::path folder = fs::absolute(resolved(file)).parent_path();
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error || space.available >= needed) return;
  constexpr std::uintmax_t kKiB = 1024;
  throw Error(
      fmt::format("{}: folder {} has only {} KiB left of the {} it takes; make room "
                  "first",
                  file, folder.string(), space.available / kKiB, (needed + kKiB - 1) / kKiB));
}

void check_writable_folder(const std::string& folder) {
  if (folder.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && access(folder.c_str(), W_OK | X_OK) != 0)
    error.assign(errno, std::generic_category());
  if (error) {
    throw Error(
        fmt::format("{}: {}; name a folder that can be written to", folder, error.message()));
  }
}

}  // namespace freebits::cli
