# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)

install(TARGETS minictr minictr-static minictr-jail minictr-jail-static EXPORT minictrTargets
	LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
	ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(MINICTR_BUILD_CLI)
	install(TARGETS minictr-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# Relative to where the file is, so that --prefix at install time holds.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
foreach(name minictr minictr-jail)
	configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
	install(FILES ${CMAKE_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/minictr)
install(EXPORT minictrTargets NAMESPACE minictr:: DESTINATION ${package_dir})
configure_package_config_file(cmake/minictrConfig.cmake.in minictrConfig.cmake
	INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(minictrConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
	${CMAKE_BINARY_DIR}/minictrConfig.cmake
	${CMAKE_BINARY_DIR}/minictrConfigVersion.cmake
	DESTINATION ${package_dir})
