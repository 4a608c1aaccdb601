// SPDX-License-Identifier: MIT

module minictr

go 1.19
