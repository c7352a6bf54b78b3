#ifndef MM_INSPECT_CLEAN_PATH_H
#define MM_INSPECT_CLEAN_PATH_H

/* Paths in an Office package (ECMA-376 part 2). All are malloc'd. */

/* Which part the relations of this member are about: "word/document.xml" for
 * "word/_rels/document.xml.rels", "" for those of the package, NULL for a
 * member that holds no relations. */
char *mm_path_source(const char *relations);

/* The member that holds the relations of a part. */
char *mm_path_relations(const char *part);

/* Where a target leads to, from a part; NULL beyond the package. */
char *mm_path_resolve(const char *part, const char *target);

#endif
