/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_COMMANDS_H
#define PL_COMMANDS_H

/*
 * Commands of platen-connector: one function each, given what stands behind the command's name.
 * They print their result on stdout and return why they failed; main.c turns that into one sentence
 * and an exit code.
 */

#include "platen/result.h"

enum pl_result pl_cmd_init(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_serve(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_token(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_user(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_key(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_package(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_export(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_audit(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_backup(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_restore(int argc, char **argv, struct pl_error *err);
enum pl_result pl_cmd_doctor(int argc, char **argv, struct pl_error *err);

#endif
