-- The course's three source tables, for MySQL 8.4 and MariaDB 11.4.
-- services/source/schema.py reads the columns from this file: one column a line, its name in backticks.
-- Text is as wide as the course's own export: real poster names are longer than 255 characters.

CREATE TABLE IF NOT EXISTS `pinterest_data` (
  `index` INT NOT NULL,
  `unique_id` VARCHAR(255) NULL,
  `title` TEXT NULL,
  `description` TEXT NULL,
  `poster_name` TEXT NULL,
  `follower_count` VARCHAR(255) NULL,
  `tag_list` TEXT NULL,
  `is_image_or_video` VARCHAR(255) NULL,
  `image_src` TEXT NULL,
  `downloaded` INT NULL,
  `save_location` TEXT NULL,
  `category` VARCHAR(255) NULL,
  PRIMARY KEY (`index`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `geolocation_data` (
  `ind` INT NOT NULL,
  `timestamp` DATETIME NULL,
  `latitude` DOUBLE NULL,
  `longitude` DOUBLE NULL,
  `country` VARCHAR(255) NULL,
  PRIMARY KEY (`ind`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `user_data` (
  `ind` INT NOT NULL,
  `first_name` VARCHAR(255) NULL,
  `last_name` VARCHAR(255) NULL,
  `age` INT NULL,
  `date_joined` DATETIME NULL,
  PRIMARY KEY (`ind`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
